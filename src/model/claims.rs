//! The policies about an app's claims, which decide by what its users are identified when they sign in by SAML.

use serde::Deserialize;
use serde_json::Value;

use super::{Snapshot, Text};

/// `customClaimsPolicy`, which the portal saves:
/// <https://learn.microsoft.com/graph/api/resources/customclaimspolicy>
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ClaimsPolicy<'a> {
    /// The claims, of which one may be the NameID.
    #[serde(borrow, default)]
    pub claims: Option<Vec<Claim<'a>>>,
}

/// `customClaimBase`
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Claim<'a> {
    /// `#microsoft.graph.samlNameIdClaim` for the NameID.
    #[serde(borrow, rename = "@odata.type")]
    pub kind: Option<Text<'a>>,
    /// Where its value comes from, and for whom.
    #[serde(borrow, default)]
    pub configurations: Option<Vec<ClaimConfiguration<'a>>>,
}

/// `customClaimConfiguration`
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ClaimConfiguration<'a> {
    /// Whom it is for; absent or null for everybody.
    pub condition: Option<Value>,
    /// The attribute.
    #[serde(borrow)]
    pub attribute: Option<ClaimAttribute<'a>>,
    /// What is done with its value.
    pub transformations: Option<Vec<Value>>,
}

/// `sourcedAttribute` or `valueBasedAttribute`
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ClaimAttribute<'a> {
    /// The name of the attribute, in lower case.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// Whose: `user`.
    #[serde(borrow)]
    pub source: Option<Text<'a>>,
}

/// `claimsMappingPolicy`: <https://learn.microsoft.com/graph/api/resources/claimsmappingpolicy>
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ClaimsMappingPolicy<'a> {
    /// JSON as text, in one element: <https://learn.microsoft.com/entra/identity-platform/reference-claims-customization>.
    #[serde(borrow, default)]
    pub definition: Option<Vec<Text<'a>>>,
}

/// The NameID where no policy sets it:
/// <https://learn.microsoft.com/entra/identity-platform/saml-claims-customization>.
const DEFAULT_NAME_ID: &str = "userprincipalname";

/// The claim that SAML calls NameID, in a [`ClaimsMappingPolicy`].
const NAME_IDENTIFIER: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";

impl Snapshot<'_> {
    /// The attribute of users that an app gets as the NameID, in lower case. A policy of the older kind takes precedence over
    /// the one that the portal saves:
    /// <https://learn.microsoft.com/entra/identity-platform/claims-customization-powershell>.
    ///
    /// # Errors
    /// When the policies leave it open, with the reason.
    pub fn name_id(&self) -> Result<String, &'static str> {
        let mapping = self.claims_mapping_policies.iter().flatten().next();
        let custom = self.claims_policies.iter().flatten().next();
        match (mapping, custom) {
            (Some(policy), _) => policy.name_id(),
            (None, Some(policy)) => policy.name_id(),
            (None, None) => Ok(DEFAULT_NAME_ID.to_owned()),
        }
    }
}

impl ClaimsPolicy<'_> {
    fn name_id(&self) -> Result<String, &'static str> {
        let is_name_id = |claim: &&Claim<'_>| {
            claim.kind.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().ends_with(".samlnameidclaim"))
        };
        let Some(claim) = self.claims.iter().flatten().find(is_name_id) else { return Ok(DEFAULT_NAME_ID.to_owned()) };
        let [one] = claim.configurations.as_deref().unwrap_or_default() else {
            return Err("the NameID is different for different users");
        };
        if one.condition.as_ref().is_some_and(|condition| !condition.is_null()) {
            return Err("the NameID is different for different users");
        }
        if one.transformations.as_ref().is_some_and(|steps| !steps.is_empty()) {
            return Err("the NameID is the result of a transformation");
        }
        let attribute = one.attribute.as_ref();
        let of_user = attribute.filter(|one| one.source.as_deref().is_some_and(is_user));
        let name = of_user.and_then(|one| one.id.as_deref()).map(|id| id.trim().to_ascii_lowercase());
        name.ok_or("the NameID is not an attribute of the user")
    }
}

impl ClaimsMappingPolicy<'_> {
    fn name_id(&self) -> Result<String, &'static str> {
        const UNREADABLE: &str = "the claims mapping policy is not as documented";
        let [text] = self.definition.as_deref().unwrap_or_default() else { return Err(UNREADABLE) };
        let definition: Value = serde_json::from_str(text).map_err(|_| UNREADABLE)?;
        let policy = member(&definition, "ClaimsMappingPolicy").ok_or(UNREADABLE)?;
        let claims = member(policy, "ClaimsSchema").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let word = |value: &Value, name: &str| member(value, name).and_then(Value::as_str).map(str::to_owned);
        let is_name_id = |claim: &&Value| {
            word(claim, "SamlClaimType").is_some_and(|claim| claim.eq_ignore_ascii_case(NAME_IDENTIFIER))
        };
        let Some(claim) = claims.iter().find(is_name_id) else {
            let basic = word(policy, "IncludeBasicClaimSet").is_some_and(|basic| basic.eq_ignore_ascii_case("true"));
            return if basic { Ok(DEFAULT_NAME_ID.to_owned()) } else { Err("the policy has no NameID") };
        };
        let of_user = word(claim, "Source").is_some_and(|whose| is_user(&whose));
        let id = word(claim, "ID").or_else(|| word(claim, "ExtensionID")).filter(|_| of_user);
        id.map(|id| id.trim().to_ascii_lowercase()).ok_or("the NameID is not an attribute of the user")
    }
}

fn is_user(whose: &str) -> bool {
    whose.trim().eq_ignore_ascii_case("user")
}

/// A member of an object, whose name is written with capitals as it comes.
fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(custom: &str, mapping: &str) -> Result<String, &'static str> {
        let custom: Vec<ClaimsPolicy<'_>> = serde_json::from_str(custom).unwrap();
        let mapping: Vec<ClaimsMappingPolicy<'_>> = serde_json::from_str(mapping).unwrap();
        let snapshot =
            Snapshot { claims_policies: Some(custom), claims_mapping_policies: Some(mapping), ..Snapshot::default() };
        snapshot.name_id()
    }

    fn custom(configurations: &str) -> String {
        format!(
            r##"[{{"claims": [{{"@odata.type": "#microsoft.graph.customClaim", "name": "mail"}},
                {{"@odata.type": "#microsoft.graph.samlNameIdClaim", "configurations": {configurations}}}]}}]"##
        )
    }

    fn mapping(basic: &str, claims: &str) -> String {
        let definition =
            format!(r#"{{"ClaimsMappingPolicy": {{"IncludeBasicClaimSet": "{basic}", "ClaimsSchema": {claims}}}}}"#);
        serde_json::json!([{"definition": [definition]}]).to_string()
    }

    #[test]
    fn the_name_id_is_the_principal_name_unless_a_policy_says_otherwise() {
        let plain = r#"{"attribute": {"id": "ObjectId", "source": "user"}, "condition": null, "transformations": []}"#;
        let conditional = r#"{"attribute": {"id": "mail", "source": "user"}, "condition": {"memberOf": ["g"]}}"#;
        let joined = r#"{"attribute": {"id": "mail", "source": "user"}, "transformations": [{"separator": "@"}]}"#;
        let constant = r#"{"attribute": {"value": "everybody"}}"#;
        let name_id = |rest: &str| {
            format!(
                r#"[{{"SamlClaimType": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier", {rest}}}]"#
            )
        };
        let open = "the NameID is different for different users";
        for (custom_policies, mapping_policies, expected) in [
            ("[]".to_owned(), "[]".to_owned(), Ok("userprincipalname")),
            ("[{}]".to_owned(), "[]".to_owned(), Ok("userprincipalname")),
            (custom(&format!("[{plain}]")), "[]".to_owned(), Ok("objectid")),
            (custom(&format!("[{plain}, {conditional}]")), "[]".to_owned(), Err(open)),
            (custom(&format!("[{conditional}]")), "[]".to_owned(), Err(open)),
            (custom("[]"), "[]".to_owned(), Err(open)),
            (custom(&format!("[{joined}]")), "[]".to_owned(), Err("the NameID is the result of a transformation")),
            (custom(&format!("[{constant}]")), "[]".to_owned(), Err("the NameID is not an attribute of the user")),
            (
                custom(&format!("[{plain}]")),
                mapping("true", &name_id(r#""Source": "User", "ID": "employeeId""#)),
                Ok("employeeid"),
            ),
            ("[]".to_owned(), mapping("true", "[]"), Ok("userprincipalname")),
            ("[]".to_owned(), mapping("false", "[]"), Err("the policy has no NameID")),
            (
                "[]".to_owned(),
                mapping("false", &name_id(r#""Source": "transformation", "ID": "x""#)),
                Err("the NameID is not an attribute of the user"),
            ),
            (
                "[]".to_owned(),
                r#"[{"definition": ["not JSON"]}]"#.to_owned(),
                Err("the claims mapping policy is not as documented"),
            ),
        ] {
            let found = of(&custom_policies, &mapping_policies);
            assert_eq!(found.as_deref().map_err(|why| *why), expected, "{custom_policies} {mapping_policies}");
        }
    }
}
