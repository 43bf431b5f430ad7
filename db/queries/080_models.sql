-- Models, with their makers, other spellings and best current figures (the one most stories give,
-- the latest where that is a tie; reported before estimated).
-- ask: How big is a model, on what was it trained, and what did it cost?
-- column: model: The name shown.
-- column: organization: Its makers.
-- column: aliases: Other spellings that texts use.
-- column: first_seen: Day of the first claim about it.
-- column: parameters: Total parameters.
-- column: active_parameters: Parameters used for a token.
-- column: tokens: Training tokens.
-- column: compute_flop: Training compute, FLOP.
-- column: device: Device it was trained on.
-- column: device_count: Number of devices.
-- column: device_hours: Device hours of training.
-- column: training_hours: Duration of training, hours.
-- column: training_usd: Cost of training, dollars of its day.
-- column: energy_kwh: Energy, kWh.
-- column: emissions_kg: Emissions, kg CO2e.
-- column: facts: Facts about it: claims times copies.
-- column: claims: Claims about it, once a story.
-- column: stories: Independent stories that speak of it.
SELECT model, organization, aliases, first_seen, parameters, active_parameters, tokens, compute_flop, device, device_count,
       device_hours, training_hours, training_usd, energy_kwh, emissions_kg, facts, claims, stories
FROM model_rows
ORDER BY stories DESC, model
