from tellback.workspace.member import Invitation, Member, Role
from tellback.workspace.user import User
from tellback.workspace.workspace import Brand, Calendar, Holiday, Team, Term, Workspace

__all__ = ["Brand", "Calendar", "Holiday", "Invitation", "Member", "Role", "Team", "Term", "User", "Workspace"]
