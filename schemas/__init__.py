"""The records that every room speaks. Imports nothing of ours."""
