"""The verbs of the pipeline, one a module: each joins rooms that do not know each other. Airflow and the CLI call these."""
