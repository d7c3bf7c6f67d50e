from django.urls import path

from tellback.triage.views import charts, policies, questions

app_name = "triage"
urlpatterns = [
    path("", charts.chart, name="chart"),
    path("edge/<str:key>/", charts.edge, name="edge"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:question>/answer/", questions.answer, name="answer"),
    path("policies/", policies.policies, name="policies"),
    path("policies/new/", policies.new, name="policy_new"),
    path("policies/<int:version>/", policies.policy, name="policy"),
    path("policies/<int:version>/file/", policies.file, name="policy_file"),
    path("policies/<int:version>/adoption/", policies.adoption, name="adoption"),
    path("policies/shipped/<slug:name>/", policies.shipped, name="shipped"),
    path("policies/shipped/<slug:name>/file/", policies.shipped_file, name="shipped_file"),
    path("policies/shipped/<slug:name>/adoption/", policies.shipped_adoption, name="shipped_adoption"),
]
