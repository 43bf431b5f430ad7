"""From sources to pages: local files and archives, and whatever the web gives through one guarded road."""
