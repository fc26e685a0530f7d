"""Runs cells of a notebook in a kernel of this Python; prints the outputs of each, and how often pictures were redrawn."""

import json
import sys

import nbformat
from nbclient import NotebookClient


class CountingClient(NotebookClient):
    updates = 0

    def process_message(self, msg, *args, **kwargs):
        self.updates += msg["msg_type"] == "update_display_data"
        return super().process_message(msg, *args, **kwargs)


cells = [nbformat.v4.new_code_cell(source) for source in json.load(sys.stdin)]
client = CountingClient(nbformat.v4.new_notebook(cells=cells), kernel_name="python3", timeout=120)
notebook = client.execute()
print(json.dumps({"outputs": [cell.outputs for cell in notebook.cells], "updates": client.updates}))
