from django.urls import path

from tellback.workspace.views import brands, ended, general, hours, invitations, members, teams

app_name = "space"
urlpatterns = [
    path("", general.home, name="home"),
    path("general/", general.general, name="general"),
    path("end/", ended.end, name="end"),
    path("brands/", brands.brands, name="brands"),
    path("brands/new/", brands.new, name="new_brand"),
    path("brands/<int:pk>/", brands.brand, name="brand"),
    path("brands/<int:pk>/deletion/", brands.deletion, name="brand_deletion"),
    path("brands/<int:pk>/disuse/", brands.disuse, name="brand_disuse"),
    path("hours/", hours.hours, name="hours"),
    path("hours/new/", hours.new, name="new_calendar"),
    path("hours/<int:pk>/", hours.calendar, name="calendar"),
    path("hours/<int:pk>/deletion/", hours.deletion, name="calendar_deletion"),
    path("hours/<int:pk>/holidays/", hours.holidays, name="holidays"),
    path("hours/<int:pk>/holidays/<int:day>/removal/", hours.holiday_removal, name="holiday_removal"),
    path("members/", members.members, name="members"),
    path("members/invitations/", invitations.invitations, name="invitations"),
    path("members/invitations/<int:pk>/again/", invitations.again, name="invitation_again"),
    path("members/invitations/<int:pk>/withdrawal/", invitations.withdrawal, name="withdrawal"),
    path("members/<int:pk>/role/", members.role, name="role"),
    path("members/<int:pk>/second-factors/", members.second_factors_off, name="second_factors_off"),
    path("members/<int:pk>/departure/", members.departure, name="departure"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.new, name="new_team"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/deletion/", teams.deletion, name="team_deletion"),
]
