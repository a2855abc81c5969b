//! Independent cases, kept as data: every decision and what every layer says must come out as it stands there.

use rolecall_policy::cases::Case;

#[test]
fn every_case_of_the_sample_comes_out_right() {
    let text = include_str!("data/policy-sample.jsonl");
    let (mut count, mut wrong) = (0, Vec::new());
    for line in text.lines() {
        let case: Case<'_> = serde_json::from_str(line).unwrap();
        count += 1;
        let answer = case.evaluate(true).unwrap();
        if Some(answer.decision) != case.expected {
            wrong.push(format!(
                "{}: {:?}, expected {:?}",
                case.name, answer.decision, case.expected
            ));
        } else if answer.layers != case.layers {
            wrong.push(format!(
                "{}: layers\n  {:?}\n  {:?}",
                case.name, answer.layers, case.layers
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
