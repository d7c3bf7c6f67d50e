from django.urls import path

from tellback.kit import views

app_name = "kit"
urlpatterns = [path("parts", views.parts, name="parts")]
