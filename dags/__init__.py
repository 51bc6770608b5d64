"""When difang runs: Airflow's DAGs. Each task is one call of the command line, which does the same without Airflow."""
