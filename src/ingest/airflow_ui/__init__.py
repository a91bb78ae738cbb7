"""What the Airflow UI shows of us: the page **News sources**. The only package here that may import Airflow."""

PREFIX = "/news-sources"  # under which the page is mounted in Airflow's server
