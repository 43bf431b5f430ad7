-- What is known of each maker's models.
-- ask: Who spends most on training, as far as texts say?
-- column: organization: The makers of the model, as shown there.
-- column: models: Models with a figure.
-- column: first_seen: Day of the first claim about one.
-- column: largest_parameters: Largest model, parameters.
-- column: largest_model: That model.
-- column: highest_training_usd: Highest training cost (best figure of a model), dollars of its day.
-- column: dearest_model: That model.
-- column: total_training_usd: Sum of the models' training costs, where they are known.
-- column: stories: Stories that speak of the models, added up over models.
SELECT organization, count(*) AS models, min(first_seen) AS first_seen, max(parameters) AS largest_parameters,
       arg_max(model, (parameters, model)) FILTER (parameters IS NOT NULL) AS largest_model,
       max(training_usd) AS highest_training_usd,
       arg_max(model, (training_usd, model)) FILTER (training_usd IS NOT NULL) AS dearest_model,
       sum(training_usd) AS total_training_usd, sum(stories)::BIGINT AS stories
FROM models WHERE organization IS NOT NULL
GROUP BY organization ORDER BY models DESC, organization
