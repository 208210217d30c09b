"""Users and groups as the guide of django-scim2 has them."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class User(AbstractSCIMUserMixin, AbstractUser):
    pass


class Group(AbstractSCIMGroupMixin):
    name = models.CharField(max_length=80, unique=True)
    user_set = models.ManyToManyField(User, related_name="scim_groups")
