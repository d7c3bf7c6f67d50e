from tellback.kit.forms import KitRenderer
from tellback.kit.views import example_form


def test_error_stands_between_label_and_field_and_what_was_typed_is_kept():
    page = str(example_form())
    field = page[page.index("Mailbox address") :]
    wrong, typed = field.index("There is no @ in it"), field.index('value="care.norrtel.example"')
    assert wrong < typed
    assert 'id="id_mailbox_error"' in field
    assert 'aria-describedby="id_mailbox_error"' in field
    assert "is-wrong" in page


def test_hint_is_tied_to_its_field():
    page = str(example_form())
    assert 'id="id_brand_helptext"' in page
    assert 'aria-describedby="id_brand_helptext"' in page


def test_every_field_has_a_label_or_a_legend():
    form = example_form()
    page = str(form)
    for field in form:
        assert f'for="{field.id_for_label}"' in page or f"<legend>{field.label}" in page


def test_what_is_typed_is_never_markup():
    form = type(example_form())({"brand": "<script>x</script>"})
    assert "<script>" not in str(form)


def test_renderer_draws_forms_that_do_not_name_it():
    assert KitRenderer.form_template_name == "kit/_form.html"
    assert KitRenderer.field_template_name == "kit/_field.html"
