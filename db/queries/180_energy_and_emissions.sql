-- Energy and emissions of training, one row a model, with the carbon of a kilowatt-hour where both are known.
-- ask: How much electricity and carbon did a model take?
-- column: model: The model.
-- column: organization: Its makers.
-- column: first_day: Day of the first such claim.
-- column: energy_kwh: Energy, kWh.
-- column: emissions_kg: Emissions, kg CO2e.
-- column: kg_per_kwh: Emissions by energy.
-- column: parameters: Total parameters.
-- column: fact_ids: The claims of energy and emissions.
SELECT m.model, m.organization, c.first_day, m.energy_kwh, m.emissions_kg, m.emissions_kg / nullif(m.energy_kwh, 0) AS kg_per_kwh,
       m.parameters, c.fact_ids
FROM models AS m
JOIN (
    SELECT model, min(claim_date) AS first_day, list(fact_id ORDER BY claim_date, fact_id) AS fact_ids
    FROM claims WHERE kind IN ('energy', 'emissions') AND model IS NOT NULL GROUP BY model
) AS c ON c.model = m.model
ORDER BY c.first_day, m.model
