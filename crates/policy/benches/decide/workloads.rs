//! The workloads, which two benchmarks measure.

use rolecall_policy::{Compiled, Context, Policies, Policy, Principal, Request};
use serde_json::Value;

pub(crate) fn texts(name: &str) -> (&'static str, &'static str) {
    match name {
        "w1" => (
            include_str!("../data/w1.json"),
            include_str!("../data/w1.expected.json"),
        ),
        "w2" => (
            include_str!("../data/w2.json"),
            include_str!("../data/w2.expected.json"),
        ),
        _ => (
            include_str!("../data/w3.json"),
            include_str!("../data/w3.expected.json"),
        ),
    }
}

pub(crate) fn workload(name: &str) -> (Vec<Compiled>, Vec<Request>, Vec<bool>) {
    let (data, expected) = texts(name);
    let data: Value = serde_json::from_str(data).unwrap();
    let policies = data["policies"].as_array().unwrap().iter().map(compiled).collect();
    let requests = data["requests"].as_array().unwrap().iter().map(request).collect();
    (policies, requests, serde_json::from_str(expected).unwrap())
}

pub(crate) fn compiled(policy: &Value) -> Compiled {
    Compiled::new(&Policy::parse(&policy.to_string()).unwrap())
}

pub(crate) fn request(request: &Value) -> Request {
    let text = |name: &str| request[name].as_str().unwrap();
    let context = request["context"].as_object().unwrap().iter();
    let context: Context = context.map(|(key, value)| (key, value.as_str().unwrap())).collect();
    let principal = Principal::parse(text("principal")).unwrap();
    Request::new(principal, text("action"), text("resource"), "111122223333", context)
}

/// What an index helps least.
pub(crate) struct W4 {
    identity: Vec<Compiled>,
    boundary: Compiled,
    levels: Vec<Vec<Compiled>>,
    pub(crate) texts: Vec<Texts>,
    pub(crate) requests: Vec<Request>,
}

/// A request before it is prepared.
pub(crate) struct Texts {
    action: String,
    resource: String,
    context: [(&'static str, &'static str); 8],
}

impl Texts {
    pub(crate) fn request(&self) -> Request {
        let alice = Principal::parse("arn:aws:iam::111122223333:user/alice").unwrap();
        let context = Context::from_iter(self.context);
        Request::new(alice, &self.action, &self.resource, "111122223333", context)
    }
}

impl W4 {
    pub(crate) fn new() -> Self {
        let parse = |text: &str| Compiled::new(&Policy::parse(text).unwrap());
        let service = |number: usize| {
            [
                "s3", "ec2", "sqs", "sns", "dynamodb", "lambda", "kms", "ecr", "logs", "ssm",
            ][number % 10]
        };
        let identity = (0..10).map(|number| {
            let service = service(number);
            parse(&format!(
                r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":["{service}:Get*","{service}:List*","{service}:Describe*"],"Resource":"*"}},
                {{"Effect":"Allow","Action":"s3:*Object*","Resource":["arn:aws:s3:::home-{number}/${{aws:username}}/*","*/shared-{number}/*/x:*","arn:aws:s3:::*-{number}/*/final"]}},
                {{"Effect":"Allow","NotAction":["iam:*","s3:*"],"Resource":"*","Condition":{{"StringLike":{{"aws:PrincipalTag/team":"*-{number}"}}}}}},
                {{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:RequestedRegion":"nowhere-{number}"}},"Bool":{{"aws:ViaAWSService":"false"}}}}}}]}}"#
            ))
        });
        let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let guard = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","sts:*","s3:*","support:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/locked-*"}}}]}"#;
        let texts = (0..40).map(|number: usize| {
            let action = format!(
                "{}:{}",
                service(number / 4),
                ["GetObject", "PutObject", "DeleteThing", "PutObjectTagging"][number % 4]
            );
            let bucket = number % 12;
            let resource = format!("arn:aws:s3:::home-{bucket}/alice/reports/2024/{number}/final");
            let context = [
                ("aws:username", "alice"),
                ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice"),
                ("aws:PrincipalTag/team", "team-3"),
                (
                    "aws:RequestedRegion",
                    if number.is_multiple_of(5) {
                        "us-east-1"
                    } else {
                        "eu-west-1"
                    },
                ),
                ("aws:SourceIp", "10.0.0.1"),
                ("aws:SecureTransport", "true"),
                ("aws:ViaAWSService", "false"),
                ("aws:UserAgent", "aws-cli/2"),
            ];
            Texts {
                action,
                resource,
                context,
            }
        });
        let texts: Vec<Texts> = texts.collect();
        Self {
            identity: identity.collect(),
            boundary: parse(
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Effect":"Deny","Action":"*:Delete*","Resource":"*/${aws:username}/*/final"}]}"#,
            ),
            levels: vec![vec![parse(all), parse(guard)], vec![parse(all), parse(guard)]],
            requests: texts.iter().map(Texts::request).collect(),
            texts,
        }
    }

    /// Gives the policies to `then`.
    pub(crate) fn with_policies<T>(&self, then: impl FnOnce(&Policies<'_>) -> T) -> T {
        let levels: Vec<&[Compiled]> = self.levels.iter().map(Vec::as_slice).collect();
        then(&Policies {
            identity: &self.identity,
            boundary: Some(std::slice::from_ref(&self.boundary)),
            scps: &levels,
            ..Policies::default()
        })
    }
}
