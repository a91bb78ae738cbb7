"""Airflow's own login and permissions, as the gate of our pages. The one module here that knows Airflow's server from inside."""

from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from airflow.models.dag import DagModel

from ingest.airflow_ui.act import ACTIONS, CRAWL_DAG
from ingest.airflow_ui.routes import Gate


def gate() -> Gate:
    """Whoever may read the DAG news_crawl may look; what a person may do is what they may trigger."""
    return Gate(
        reader=requires_access_dag(method="GET", param_dag_id=CRAWL_DAG),
        triggerable=triggerable,
        hosts=frozenset({urlsplit(conf.get("api", "base_url", fallback="")).netloc.lower()} - {""}),
    )


def triggerable(user: GetUserDep) -> frozenset[str]:
    """The DAGs that this person may trigger: decides which buttons are shown. Airflow's API decides again at the trigger."""
    dag_ids = sorted({action.dag_id for action in ACTIONS.values()})
    teams = DagModel.get_dag_id_to_team_name_mapping(dag_ids)
    return frozenset(
        dag_id
        for dag_id in dag_ids
        if get_auth_manager().is_authorized_dag(
            method="POST",
            access_entity=DagAccessEntity.RUN,
            details=DagDetails(id=dag_id, team_name=teams.get(dag_id)),
            user=user,
        )
    )
