from tellback.people.person import Handle, Joining, Person

__all__ = ["Handle", "Joining", "Person"]
