from django.urls import path

from . import live
from .views import absence, acts, concerns, entry, household, incident, queue, studies

app_name = "control_room"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("list", queue.listing, name="list"),
    path("side", queue.side, name="side"),
    path("row/<uuid:alarm_id>", queue.row, name="row"),
    path("strips", queue.strips, name="strips"),
    path("preview/<uuid:alarm_id>", queue.preview, name="preview"),
    path("alarms/<uuid:alarm_id>", incident.incident, name="incident"),
    path("alarms/<uuid:alarm_id>/claim", acts.claim, name="claim"),
    path("alarms/<uuid:alarm_id>/call", acts.call, name="call"),
    path("alarms/<uuid:alarm_id>/message", acts.message, name="message"),
    path("alarms/<uuid:alarm_id>/dispatch", acts.dispatch, name="dispatch"),
    path("alarms/<uuid:alarm_id>/119", acts.call_119, name="call_119"),
    path("alarms/<uuid:alarm_id>/shelve", acts.shelve, name="shelve"),
    path("alarms/<uuid:alarm_id>/transfer", acts.transfer, name="transfer"),
    path("alarms/<uuid:alarm_id>/note", acts.note, name="note"),
    path("alarms/<uuid:alarm_id>/close", acts.close, name="close"),
    path("alarms/<uuid:alarm_id>/door", acts.door, name="door"),
    path("households", household.households, name="households"),
    path("households/<uuid:household_id>", household.household, name="household"),
    path("households/<uuid:household_id>/absence/register", absence.register, name="absence"),
    path("households/<uuid:household_id>/absence/change", absence.change, name="absence_change"),
    path("households/<uuid:household_id>/absence/end", absence.end, name="absence_end"),
    path("households/<uuid:household_id>/<slug:slug>", household.household, name="household_tab"),
    path("concerns", concerns.concerns, name="concerns"),
    path(
        "concerns/<uuid:concern_id>/acknowledge", concerns.acknowledge, name="concern_acknowledge"
    ),
    path("concerns/<uuid:concern_id>/note", concerns.note, name="concern_note"),
    path("concerns/<uuid:concern_id>/close", concerns.close, name="concern_close"),
    path("studies", studies.studies, name="studies"),
    path("studies/<uuid:study_id>", studies.study, name="study"),
    path("studies/<uuid:study_id>/figures.json", studies.figures, name="study_figures"),
    path("studies/<uuid:study_id>/cancel", studies.cancel, name="study_cancel"),
    path("studies/<uuid:study_id>/adopt", studies.adopt, name="study_adopt"),
    path("live", live.live, name="live"),
    path("login", entry.enter, name="enter"),
    path("logout", entry.leave, name="leave"),
    path("shift", entry.shift, name="shift"),
    path("language", entry.language, name="language"),
    path("theme", entry.theme, name="theme"),
    path("rehearsal/pace", entry.pace, name="pace"),
]
