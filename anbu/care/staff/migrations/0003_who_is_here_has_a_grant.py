from django.db import migrations

# Rows of before know a post only. Each gets the organisation that keeps the post, and a grant.
KEEPERS = {"centre": "centre", "dong": "dong_office"}


def fill(apps, schema_editor):
    Staff = apps.get_model("staff", "Staff")
    Grant = apps.get_model("staff", "Grant")
    Organisation = apps.get_model("places", "Organisation")
    Trace = apps.get_model("foundation", "Trace")
    if not Staff.objects.exists():
        return
    for person in Staff.objects.select_related("post__dong").order_by("pk"):
        post = person.post
        person.organisation, _ = Organisation.objects.get_or_create(
            kind=KEEPERS[post.kind],
            dong=post.dong,
            district_id=post.dong.district_id if post.dong else None,
            valid_until=None,
            defaults={
                "name": post.name if post.dong else "서울시 고립예방센터",
                "valid_from": post.dong.valid_from if post.dong else "2022-10-01",
            },
        )
        person.save(update_fields=["organisation"])
        taken_on = (
            Trace.objects.filter(verb="add_staff", detail__staff=person.pk).order_by("at").first()
        )
        Grant.objects.get_or_create(
            staff=person,
            ended_at=None,
            defaults={
                "role": person.role,
                "organisation": person.organisation,
                "post": post,
                "granted_at": taken_on.at if taken_on else "2022-10-01T00:00+09:00",
                "granted_by": taken_on.by if taken_on else "system:migrate",
                "why": "role of before the table of rights",
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0001_initial"),
        ("places", "0002_organisations"),
        ("staff", "0002_roles_and_grants"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
