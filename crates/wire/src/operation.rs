//! Operations as data: names, shapes, bindings, faults and pages.

use std::fmt;

use crate::query::Params;
use crate::shape::{Shape, Structure};

/// An operation as a type: what a client calls and a handler answers.
pub trait Call {
    /// The request's shape; `()` where the model has none.
    type Input: Shape;
    /// The answer's shape; `()` where the model has none.
    type Output: Shape;
    /// What the model says about it.
    const OPERATION: &'static Operation;
}

/// An operation of a service model.
#[derive(Debug)]
pub struct Operation {
    /// The service.
    pub service: &'static Service,
    /// The name, as in `Action=` and in policies.
    pub name: &'static str,
    /// The method.
    pub method: Method,
    /// The path, with labels in braces.
    pub uri: &'static str,
    /// The request's shape.
    pub input: &'static Structure,
    /// The answer's shape; its name is empty where there is none.
    pub output: &'static Structure,
    /// The faults that the model names.
    pub errors: &'static [&'static Error],
    /// How it pages, if it does.
    pub pages: Option<Pages>,
}

impl Operation {
    /// Whether the answer has a shape.
    pub const fn has_output(&self) -> bool {
        !self.output.name.is_empty()
    }
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.service.id == other.service.id
    }
}

impl Eq for Operation {}

/// Prints `iam:CreateRole`.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service.id, self.name)
    }
}

/// A service.
#[derive(Debug)]
pub struct Service {
    /// The name that signatures are scoped to: `iam`, `sts`, `eks`, `eks-auth`.
    pub id: &'static str,
    /// The API's version.
    pub version: &'static str,
    /// The XML namespace of its answers; empty for REST-JSON.
    pub namespace: &'static str,
    /// The protocol it speaks.
    pub protocol: Protocol,
}

/// A protocol of AWS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Forms in, XML out.
    Query,
    /// JSON bodies, with labels and query strings.
    RestJson,
}

/// An HTTP method that the models use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    GET,
    /// `POST`
    POST,
    /// `DELETE`
    DELETE,
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::GET => Self::GET,
            Method::POST => Self::POST,
            Method::DELETE => Self::DELETE,
        }
    }
}

/// A fault that a model names, or one common to all services.
#[derive(Debug, PartialEq, Eq)]
pub struct Error {
    /// The code on the wire.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
}

/// How an operation pages.
#[derive(Debug)]
pub struct Pages {
    /// The request's member that takes the marker.
    pub input: &'static str,
    /// The answer's member that holds the next marker.
    pub output: &'static str,
    /// The request's member that limits a page.
    pub limit: &'static str,
    /// The answer's member that says whether there is more, if any.
    pub more: Option<&'static str>,
    /// The answer's members that are paged.
    pub results: &'static [&'static str],
}

/// Finds the operation that a method and a raw (still percent-encoded) path ask for, with the path's labels decoded.
///
/// A label is one segment, decoded once: `arn%3Aaws%3Aiam…%2Frole` is one `{principalArn}`.
pub fn route(
    operations: &[&'static Operation],
    method: &http::Method,
    path: &str,
) -> Option<(&'static Operation, Params)> {
    operations
        .iter()
        .filter(|operation| http::Method::from(operation.method) == *method)
        .find_map(|operation| Some((*operation, labels(operation.uri, path)?)))
}

fn labels(template: &str, path: &str) -> Option<Params> {
    let mut labels = Vec::new();
    let mut given = path.split('/');
    for expected in template.split('/') {
        let segment = given.next()?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            // A signature covers the path without its dot segments, so one that has them is of no operation (threat 5).
            Some(_) if matches!(segment, "" | "." | "..") => return None,
            Some(name) => {
                let value = percent_encoding::percent_decode_str(segment).decode_utf8().ok()?;
                labels.push((name.to_owned(), value.into_owned()));
            }
            None if expected == segment => {}
            None => return None,
        }
    }
    given.next().is_none().then(|| Params::from_pairs(labels))
}

/// Defines a service's operations: the `Operation` enumeration and a type for each to name in [`Call`].
macro_rules! operations {
    ($service:ident; $(
        $name:ident($input:ty) -> $output:ty = $method:ident $uri:literal
            $(fails [$($error:ident)+])?
            $(pages $from:literal -> $to:literal limit $limit:literal $(more $more:literal)? of $($result:literal)+)?
        ;
    )*) => {
        /// An operation of this service.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation {
            $(#[doc = concat!("`", stringify!($name), "`")] $name,)*
        }

        impl Operation {
            /// Every operation, in the order of names.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The descriptions of all, in the same order.
            pub const DESCRIPTIONS: &'static [&'static $crate::operation::Operation] =
                &[$(<$name as $crate::operation::Call>::OPERATION,)*];

            /// The operation of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|operation| operation.name() == name)
            }

            /// The operation that a REST request asks for, with the labels of its path.
            pub fn route(method: &::http::Method, path: &str) -> Option<(Self, $crate::query::Params)> {
                let (operation, labels) = $crate::operation::route(Self::DESCRIPTIONS, method, path)?;
                Some((Self::from_name(operation.name)?, labels))
            }

            /// The name in the model.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// What the model says.
            pub const fn description(self) -> &'static $crate::operation::Operation {
                match self { $(Self::$name => <$name as $crate::operation::Call>::OPERATION,)* }
            }
        }

        $(
            #[doc = concat!("The call `", stringify!($name), "`.")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl $crate::operation::Call for $name {
                type Input = $input;
                type Output = $output;
                const OPERATION: &'static $crate::operation::Operation = &$crate::operation::Operation {
                    service: &$service,
                    name: stringify!($name),
                    method: $crate::operation::Method::$method,
                    uri: $uri,
                    input: <$input as $crate::shape::Shape>::SCHEMA,
                    output: <$output as $crate::shape::Shape>::SCHEMA,
                    errors: &[$($(&error::$error,)+)?],
                    pages: $crate::operation::operations!(@pages
                        $($from $to $limit $($more)? ; $($result)+)?),
                };
            }
        )*
    };
    (@pages) => { None };
    (@pages $from:literal $to:literal $limit:literal $($more:literal)? ; $($result:literal)+) => {
        Some($crate::operation::Pages {
            input: $from,
            output: $to,
            limit: $limit,
            more: $crate::operation::operations!(@more $($more)?),
            results: &[$($result,)+],
        })
    };
    (@more) => { None };
    (@more $more:literal) => { Some($more) };
}
pub(crate) use operations;

#[cfg(test)]
mod tests {
    use crate::generated::eks;

    #[test]
    fn a_path_with_dot_segments_is_of_no_operation() {
        let route = |path| eks::Operation::route(&http::Method::GET, path).map(|(operation, _)| operation);
        assert_eq!(route("/clusters/dev"), Some(eks::Operation::DescribeCluster));
        for path in [
            "/clusters/..",
            "/clusters/.",
            "/clusters//",
            "/clusters/dev/node-groups/..",
        ] {
            assert_eq!(route(path), None, "{path}");
        }
    }
}
