//! One policy with a request of any texts: the decision and its explanation are of the same mind, and neither panics.
#![no_main]

use rolecall_policy::{Compiled, Context, Policies, Policy, Principal, Request, decide, explain};

libfuzzer_sys::fuzz_target!(|input: (&str, &str, &str, &str, Vec<(String, String)>)| {
    let (document, principal, action, resource, context) = input;
    let (Ok(policy), Some(principal)) = (Policy::parse(document), Principal::parse(principal)) else { return };
    let compiled = [Compiled::new(&policy)];
    let request = Request::new(principal, action, resource, "123456789012", Context::from_iter(context));
    let policies = Policies { identity: &compiled, resource: compiled.first(), ..Policies::default() };
    let explanation = explain(&request, &policies);
    assert_eq!(explanation.decision, decide(&request, &policies));
    let _ = (explanation.sentence(), explanation.summary(), explanation.to_text(true));
});
