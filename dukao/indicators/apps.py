from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "dukao.indicators"
