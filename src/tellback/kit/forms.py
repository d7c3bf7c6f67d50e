"""How Django draws forms and fields: label, hint, what is wrong, then the field, with what was typed kept."""

from django.forms.renderers import DjangoTemplates


class KitRenderer(DjangoTemplates):
    """For FORM_RENDERER: `{{ form }}` and `{{ field.as_field_group }}` come out in the look of the kit."""

    form_template_name = "kit/_form.html"
    field_template_name = "kit/_field.html"
