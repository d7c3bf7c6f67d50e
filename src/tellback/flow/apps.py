from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "tellback.flow"

    def ready(self) -> None:
        """Every process hears the same, so the wiring is laid when Django starts."""
        from tellback.events.announcing import wire
        from tellback.events.ripple import name_topics
        from tellback.flow.wiring import LIVE, WIRING

        wire(WIRING)
        name_topics(LIVE)
