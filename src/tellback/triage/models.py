from tellback.triage.policy import Adoption, Policy
from tellback.triage.verdict import Question, Tally, Verdict

__all__ = ["Adoption", "Policy", "Question", "Tally", "Verdict"]
