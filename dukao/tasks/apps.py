from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "dukao.tasks"
    # Called by the gate where it upholds an appeal against a demand of this kind.
    when_upheld = {"task": "dukao.tasks.actions.deciding.release_party"}
