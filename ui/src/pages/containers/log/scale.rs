//! From the height of a log to that of a scroller, which has a limit: browsers draw nothing
//! beyond some thirty million pixels, one and a half million rows.

/// No scroller gets higher than this.
const MOST: f64 = 30_000_000.0;

/// A log of some height in a scroller that shows a part of it; all in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub total: f64,
    pub shown: f64,
}

impl Scale {
    /// The height of what is scrolled.
    pub fn space(self) -> f64 {
        self.total.min(MOST)
    }

    fn is_exact(self) -> bool {
        self.total <= MOST
    }

    /// The highest that the top of the log's visible part can be.
    pub fn last_top(self) -> f64 {
        (self.total - self.shown).max(0.0)
    }

    /// The scroll position for the top of the visible part.
    pub fn scroll(self, top: f64) -> f64 {
        if self.is_exact() {
            top
        } else {
            top / self.last_top() * (MOST - self.shown)
        }
    }

    fn top(self, scroll: f64) -> f64 {
        if self.is_exact() {
            scroll
        } else {
            scroll / (MOST - self.shown) * self.last_top()
        }
    }

    /// The top of the visible part after the reader scrolled. Small steps are as small in a log
    /// that is higher than its scroller; large ones go by proportion.
    pub fn scrolled(self, top: f64, from: f64, to: f64) -> f64 {
        let step = to - from;
        let new = if self.is_exact() || step.abs() > 3.0 * self.shown {
            self.top(to)
        } else {
            top + step
        };
        new.clamp(0.0, self.last_top())
    }

    /// Where the scroller should be put that is at `scroll` while `top` is in sight: it is left
    /// alone as long as it can be, since moving it disturbs the hand that drags it.
    pub fn settled(self, top: f64, scroll: f64) -> f64 {
        let margin = 4.0 * self.shown;
        let inside = scroll > margin && scroll < MOST - margin;
        let at_an_end = top <= 0.0 || top >= self.last_top();
        if !self.is_exact() && inside && !at_an_end {
            scroll
        } else {
            self.scroll(top)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Scale};

    #[test]
    fn a_log_that_fits_scrolls_pixel_by_pixel() {
        let scale = Scale {
            total: 10_000.0,
            shown: 500.0,
        };
        assert_eq!(scale.scrolled(0.0, 0.0, 1234.0), 1234.0);
        assert_eq!(scale.scrolled(0.0, 0.0, 99_999.0), 9500.0);
        assert_eq!(scale.settled(77.0, 0.0), 77.0);
    }

    #[test]
    fn a_higher_log_scrolls_as_finely_and_reaches_both_ends() {
        let scale = Scale {
            total: 10.0 * MOST,
            shown: 500.0,
        };
        assert_eq!(scale.space(), MOST);
        let half = MOST / 2.0;
        let middle = scale.scrolled(0.0, 0.0, half);
        assert!((middle - 5.0 * MOST).abs() < 5000.0, "{middle}");
        assert_eq!(scale.scrolled(middle, half, half + 57.0), middle + 57.0);
        assert_eq!(scale.settled(middle, half + 57.0), half + 57.0);
        assert_eq!(scale.settled(0.0, half), 0.0);
        assert_eq!(scale.settled(scale.last_top(), half), MOST - 500.0);
        // At the end of the scroller but not of the log, it moves back.
        assert!(scale.settled(middle, 0.0) > 1.0e7);
    }
}
