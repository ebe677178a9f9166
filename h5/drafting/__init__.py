"""The form of any process, or of a later step of a case, on a page: the same draft as in the conversation.

Each kind of field has an adapter (``h5.drafting.adapter.Adapter``) and a template. To add a kind:

1. a class derived from Adapter, in a module of its own: ``offer`` prepares what the template shows beside the answer,
   ``read`` takes what was posted, ``typed`` and ``check`` refuse it in a sentence, ``keep`` puts it into the draft;
   ``leads`` and ``follows`` say whether other questions depend on it, or it on others;
2. ``h5/templates/fields/{kind}.html``, which sees ``input`` (``h5.drafting.page.FieldView``: question, value, offer,
   error), ``page`` and ``visit``. Inputs are named after the question, or ``{question}-…``;
3. a line in ``h5.drafting.registry.ADAPTERS``.

The rest (saving each answer when it changes, two tabs, errors, submitting) needs nothing more: whatever is posted with
``was-{question}`` is read, and a ``change`` event inside the field saves it. A script that changes an answer without
an input of its own dispatches ``change`` on the field's ``[data-field]``.
"""
