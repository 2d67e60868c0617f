from django.apps import AppConfig


class ScoresConfig(AppConfig):
    name = "dukao.scores"
