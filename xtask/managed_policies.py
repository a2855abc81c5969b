"""Refreshes crates/identity/data/aws-managed-policies.jsonl from the `moto` package: pip install moto, then run this.

One policy a line, sorted by ARN: what AWS publishes, as compact JSON.
"""

import json
import pathlib

from moto.iam.aws_managed_policies import aws_managed_policies_data


def main():
    lines = []
    for name, policy in json.loads(aws_managed_policies_data).items():
        path = policy.get("Path", "/")
        lines.append({
            "arn": f"arn:aws:iam::aws:policy{path}{name}",
            "name": name,
            "path": path,
            "version": policy.get("DefaultVersionId", "v1"),
            "created": policy["CreateDate"][:19] + "Z",
            "updated": policy.get("UpdateDate", policy["CreateDate"])[:19] + "Z",
            "document": policy["Document"],
        })
    lines.sort(key=lambda line: line["arn"])
    target = pathlib.Path(__file__).parent.parent / "crates/identity/data/aws-managed-policies.jsonl"
    target.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))


if __name__ == "__main__":
    main()
