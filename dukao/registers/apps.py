from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "dukao.registers"
