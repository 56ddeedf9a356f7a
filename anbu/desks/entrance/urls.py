"""Addresses of the door. The names are the library's own: it sends people to them."""

from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as directory
from django.urls import path

from . import telling, views

urlpatterns = [
    path("login", views.In.as_view(), name="account_login"),
    path("login/second", views.SecondFactor.as_view(), name="mfa_authenticate"),
    path("login/passkey", keys.login_webauthn, name="mfa_login_webauthn"),
    path("login/inactive", views.inactive, name="account_inactive"),
    path("login/again", views.Again.as_view(), name="account_reauthenticate"),
    path("login/again/code", views.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path(
        "login/again/key",
        keys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("login/error", social.login_error, name="socialaccount_login_error"),
    path("login/cancelled", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("login/with/<str:provider_id>", directory.login, name="openid_connect_login"),
    path("login/from/<str:provider_id>", directory.callback, name="openid_connect_callback"),
    path("start", views.start, name="start"),
    path("here", views.here, name="here"),
    path("account", views.my_account, name="mfa_index"),
    path("account/road", views.own_road, name="own_road"),
    path("account/telling", telling.own, name="telling"),
    path("account/telling/post", telling.of_post, name="telling_post"),
    path("account/second", views.second_factor, name="second"),
    path("push.js", views.push_worker, name="push_worker"),
    path("account/push", views.push_on, name="push_on"),
    path("account/push/<int:pk>/off", views.push_off, name="push_off"),
    path("account/password", views.OwnPassword.as_view(), name="account_change_password"),
    path("account/app", views.BringApp.as_view(), name="mfa_activate_totp"),
    path("account/app/drop", views.DropApp.as_view(), name="mfa_deactivate_totp"),
    path("account/keys", views.my_account, name="mfa_list_webauthn"),
    path("account/keys/add", views.BringKey.as_view(), name="mfa_add_webauthn"),
    path("account/keys/<int:pk>/drop", views.DropKey.as_view(), name="mfa_remove_webauthn"),
]
