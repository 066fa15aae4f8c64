//! Wire types of `view.*`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::terminal::{Info, Size};
use crate::ids::ViewId;

/// Which terminal to show, and where.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "view.OpenParams")]
#[serde(deny_unknown_fields)]
pub struct OpenParams {
    /// A terminal's id or name.
    pub terminal: String,
    /// The channel that `nvim_open_term` gave, which the frames will name; any number where there is no editor.
    pub channel: u64,
    /// The window's height in rows, 1 to 1000.
    pub rows: u16,
    /// The window's width in columns, 1 to 1000.
    pub cols: u16,
    /// What it is shown on keeps no scrollback and stays on one screen: only what is visible is sent.
    #[serde(default)]
    pub bare: bool,
    /// The terminal keeps its size when this view is opened or resized. To type in it counts nevertheless.
    #[serde(default)]
    pub keep_size: bool,
    /// It is a picture beside others: who sees it has not looked at what is done.
    #[serde(default)]
    pub glance: bool,
}

/// A view that was opened.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "view.Opened")]
pub struct Opened {
    /// The view.
    pub view: ViewId,
    /// The terminal it shows.
    pub terminal: Info,
}

/// A view of this connection.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "view.IdParams")]
#[serde(deny_unknown_fields)]
pub struct IdParams {
    /// The view's id.
    pub view: ViewId,
}

/// A view's new size.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "view.ResizeParams")]
#[serde(deny_unknown_fields)]
pub struct ResizeParams {
    /// The view's id.
    pub view: ViewId,
    /// The window's height in rows, 1 to 1000.
    pub rows: u16,
    /// The window's width in columns, 1 to 1000.
    pub cols: u16,
}

impl ResizeParams {
    /// The size asked for.
    pub fn size(&self) -> Size {
        Size { rows: self.rows, cols: self.cols }
    }
}

impl OpenParams {
    /// The size asked for.
    pub fn size(&self) -> Size {
        Size { rows: self.rows, cols: self.cols }
    }
}
