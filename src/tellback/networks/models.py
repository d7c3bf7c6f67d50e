from tellback.networks.connection import Connection
from tellback.networks.delivery import Delivery
from tellback.networks.keeping import RawItem, Refusal

__all__ = ["Connection", "Delivery", "RawItem", "Refusal"]
