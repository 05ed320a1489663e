//! Icons: Lucide, 16 px at a stroke of 1.75, and a few drawings of our own.

use leptos::prelude::*;

use super::drawings;

macro_rules! symbols {
    ($( $(#[$doc:meta])* $symbol:ident = $drawing:expr, )*) => {
        /// What an icon shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Symbol { $( $(#[$doc])* $symbol, )* }

        impl Symbol {
            fn drawing(self) -> &'static str {
                match self { $( Self::$symbol => $drawing, )* }
            }
        }
    };
}

symbols! {
    ArrowDown = icondata::LuArrowDown.data,
    ArrowDownToLine = icondata::LuArrowDownToLine.data,
    ArrowUpFromLine = icondata::LuArrowUpFromLine.data,
    ArrowUp = icondata::LuArrowUp.data,
    ArrowUpDown = icondata::LuArrowUpDown.data,
    BadgeCheck = icondata::LuBadgeCheck.data,
    // Room for an icon, so that words line up.
    Blank = "",
    Check = icondata::LuCheck.data,
    ChevronDown = icondata::LuChevronDown.data,
    ChevronLeft = icondata::LuChevronLeft.data,
    ChevronRight = icondata::LuChevronRight.data,
    ChevronUp = icondata::LuChevronUp.data,
    ChevronsUpDown = icondata::LuChevronsUpDown.data,
    CircleCheck = icondata::LuCircleCheck.data,
    CircleX = icondata::LuCircleX.data,
    ClipboardCopy = icondata::LuClipboardCopy.data,
    ClipboardPaste = icondata::LuClipboardPaste.data,
    Clock = icondata::LuClock.data,
    Container = icondata::LuContainer.data,
    Copy = icondata::LuCopy.data,
    Download = icondata::LuDownload.data,
    Database = icondata::LuDatabase.data,
    MemoryStick = icondata::LuMemoryStick.data,
    Ellipsis = icondata::LuEllipsis.data,
    Eraser = icondata::LuEraser.data,
    ExternalLink = icondata::LuExternalLink.data,
    Eye = icondata::LuEye.data,
    EyeOff = icondata::LuEyeOff.data,
    FileJson = icondata::LuFileJson.data,
    FileText = icondata::LuFileText.data,
    FileInput = icondata::LuFileInput.data,
    Folder = icondata::LuFolder.data,
    FolderOpen = icondata::LuFolderOpen.data,
    FolderPlus = icondata::LuFolderPlus.data,
    Gauge = icondata::LuGauge.data,
    Globe = icondata::LuGlobe.data,
    Image = icondata::LuImage.data,
    Info = icondata::LuInfo.data,
    Keyboard = icondata::LuKeyboard.data,
    Layers = icondata::LuLayers2.data,
    Link = icondata::LuLink2.data,
    ListFilter = icondata::LuListFilter.data,
    Minus = icondata::LuMinus.data,
    Monitor = icondata::LuMonitor.data,
    Moon = icondata::LuMoon.data,
    Network = icondata::LuNetwork.data,
    Package = icondata::LuPackage.data,
    PackageOpen = icondata::LuPackageOpen.data,
    PackagePlus = icondata::LuPackagePlus.data,
    Pause = drawings::PAUSE,
    Pencil = icondata::LuPencil.data,
    Play = drawings::PLAY,
    Plus = icondata::LuPlus.data,
    RadioTower = icondata::LuRadioTower.data,
    Regex = icondata::LuRegex.data,
    Restart = icondata::LuRotateCw.data,
    Search = icondata::LuSearch.data,
    Settings = icondata::LuSettings2.data,
    RefreshCw = icondata::LuRefreshCw.data,
    ShieldCheck = icondata::LuShieldCheck.data,
    Star = icondata::LuStar.data,
    Square = icondata::LuSquare.data,
    Stop = drawings::STOP,
    Sun = icondata::LuSun.data,
    Tag = icondata::LuTag.data,
    Terminal = icondata::LuSquareTerminal.data,
    Trash = icondata::LuTrash2.data,
    TriangleAlert = icondata::LuTriangleAlert.data,
    Undo = icondata::LuUndo2.data,
    Upload = icondata::LuUpload.data,
    WrapText = icondata::LuWrapText.data,
    Wrench = icondata::LuWrench.data,
    X = icondata::LuX.data,
    Zap = icondata::LuZap.data,
}

/// How large an icon is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IconSize {
    Small,
    #[default]
    Normal,
    Large,
}

/// An icon beside a word or inside a labelled control; screen readers pass it by.
#[component]
pub fn Icon(symbol: Symbol, #[prop(optional)] size: IconSize) -> impl IntoView {
    let class = match size {
        IconSize::Small => "i i--sm",
        IconSize::Normal => "i",
        IconSize::Large => "i i--lg",
    };
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true" inner_html=symbol.drawing() />
    }
}
