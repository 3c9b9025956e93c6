# SPDX-License-Identifier: Apache-2.0
"""Chromium for a test: `with Browser(origin) as browser`.

Everything waits for a condition, never for a time, and every call of the driver
ends by itself.  Pictures are kept in the folder DEALERPULSE_PICTURES names.
"""
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import suite
from cluster import wait_until

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--force-prefers-reduced-motion")
CALL_S = 100  # generous; a page that is stuck must not hang the test


def need_browser():
    """Skips the whole file unless a browser can be driven."""
    missing = [package for package, there in (
        ("chromium", CHROMIUM), ("chromium-driver", DRIVER),
        ("python3-selenium", suite.found("selenium"))) if not there]
    if missing:
        print(f"SKIPPED: {' '.join(missing)} not installed")
        sys.exit(suite.SKIPPED)


class Browser:
    def __init__(self, origin):
        self.origin = origin

    def __enter__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
        self.profile = tempfile.mkdtemp(prefix="dealerpulse-browser.")
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        # A page listens for ever: it is there long before it is loaded.
        options.page_load_strategy = "eager"
        for flag in (*FLAGS, f"--user-data-dir={self.profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs",
                               {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(DRIVER),
                                       options=options)
        self.driver.set_page_load_timeout(CALL_S)
        self.driver.set_script_timeout(CALL_S)
        return self

    def __exit__(self, *_):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def size(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1,
            "mobile": False})

    def dark(self, is_dark):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme",
                          "value": "dark" if is_dark else "light"}]})

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def open(self, path, until):
        """Opens a page and waits for a JavaScript expression to be true."""
        self.driver.get(self.origin + path)
        self.wait(until)

    def wait(self, expression, *arguments):
        return wait_until(f"{expression} of {self.driver.current_url}",
                          lambda: self.run(f"return Boolean({expression})",
                                           *arguments))

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])"
                        ".textContent", selector)

    def press(self, key):
        from selenium.webdriver.common.action_chains import ActionChains
        ActionChains(self.driver).send_keys(key).perform()

    def complaints(self):
        """What the console was told since the last time, but for chatter."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("SEVERE", "WARNING")]

    def asked_for(self):
        """Every address anything of the page asked for since the last time."""
        told = [json.loads(entry["message"])["message"]
                for entry in self.driver.get_log("performance")]
        return [one["params"]["request"]["url"] for one in told
                if one["method"] == "Network.requestWillBeSent"]

    def picture(self, name, width):
        """Keeps the whole page, as long as it is, once it is drawn."""
        folder = os.environ.get("DEALERPULSE_PICTURES")
        if not folder:
            return
        self.run("window.drawn = false; requestAnimationFrame(() => "
                 "requestAnimationFrame(() => { window.drawn = true; }))")
        self.size(width, min(4000, self.run(
            "return document.documentElement.scrollHeight")))
        self.wait("window.drawn")
        self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))
