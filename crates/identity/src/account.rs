//! The rules of accounts, one file for each noun. Functions that change something take a [`Permit`](crate::Permit) and a
//! [`Transaction`](crate::Transaction); those that read take a [`Snapshot`](crate::Snapshot).

pub mod tags;
mod page;

pub use self::page::Page;
