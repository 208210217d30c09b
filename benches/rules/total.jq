# The rows of a user mapping that TOTAL requires to be mapped from another attribute, one line each.
.synchronizationRules[].objectMappings[]
| select(.targetObjectName | endswith(":User"))
| .attributeMappings[]
| select(.source.name != ({
    externalId: "objectId",
    title: "jobTitle",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "department"
  }[.targetAttributeName] // .source.name))
| "\(.targetAttributeName) is mapped from \(.source.name)"
