"""Shortcodes, macros, boxes, tabs, directives and components: their words, without their signs."""

import pytest

from ingest.sources.markdown.convert import extract_markdown


def text_of(markdown: str, *, is_mdx: bool = False) -> str:
    return extract_markdown(markdown, is_mdx=is_mdx).text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ('A {{< term text="pan" id="pan" >}} is', "A pan is"),
        ("{{< note >}}\nScrub it.\n{{< /note >}}", "Scrub it."),
        ('{{% heading "whatsnext" %}}\n\nText', "Text"),
        ('{{< tabs >}}\n{{< tab "Linux" >}}\n- a\n{{< /tab >}}\n{{< /tabs >}}', "Linux\n\n- a"),
        ('{{< tab name="Linux" lang="sh" >}}\nx\n{{< /tab >}}', "Linux\n\nx"),
        ('{{< figure src="/a.png" caption="The barn" >}}', "The barn"),
        ('{{< figure src="/a.png" alt="A barn" >}}', "A barn"),
        ('{{< img\n  src="/a.png"\n  alt="A barn"\n>}}\n\ntext', "A barn\n\ntext"),
        ("{{< youtube abc123 >}}\n\ntext", "text"),
        (
            '{{% tab title="Dinkel" %}}Mehl{{% /tab %}}{{% tab "Roggen" %}}Schrot',
            "Dinkel Mehl Roggen Schrot",
        ),
        ('Zwei {{< term text="Pfanne" >}}n', "Zwei Pfannen"),
        ('{{< tabs items="麦,米" >}}\n{{< tab >}}粉{{< /tab >}}\n{{< /tabs >}}', "麦,米\n\n粉"),
        ('{{< card link="/a" title="計画" subtitle="来月の分" icon="x" >}}', "計画. 来月の分"),
        ('Neu {{< badge content="ab 2.0" color="red" >}} hier', "Neu ab 2.0 hier"),
        (
            '{{< filetree/folder name="docs" >}}\n    {{< filetree/file name="a.md" >}}\n'
            "{{< /filetree/folder >}}",
            "docs\n\na.md",
        ),
        ("So: `{{</* ref x */>}}`, {{%/* b */%}}.", "So: `{{< ref x >}}`, {{% b %}}."),
        ("```\n{{</* ref x */>}}\n```", "```\n{{< ref x >}}\n```"),
        ("## Teile [#teile]\n\nSiehe [#x]", "## Teile\n\nSiehe [#x]"),
        ("## T\n\n1. TOC\n{:toc}\n\ntext", "## T\n\ntext"),
        ("$$\na\n$$ {#eq-a}\n\ntext", "$$\na\n$$\n\ntext"),
        ("[Wort]{.smallcaps} [Rot **fett**]{style='a'} [x] {y}", "Wort Rot fett [x] {y}"),
        ("## Vorwort {-}\n\nText", "## Vorwort\n\nText"),
        ('See [the plan]({{< ref "plan.md" >}}).', "See the plan."),
        ('{{% details title="More" %}}\n\nInner\n\n{{% /details %}}', "More\n\nInner"),
        ('Sent by {{HTTPHeader("Accept")}} twice', "Sent by Accept twice"),
        ('- {{domxref("Element.id", "its id")}}: name', "- its id: name"),
        ('{{APIRef("DOM")}}{{AvailableInWorkers}}\n\nText', "Text"),
        ("A {{Glossary('pan')}} {{optional_inline}}", "A pan Optional"),
        ("Hello {{ page.author }}, dear", "Hello , dear"),
        ("{% if a %}\nShown.\n{% endif %}", "Shown."),
        ("{% hint style='info' %}\nShown.\n{% endhint %}", "Shown."),
        ('{% tab title="Linux" %}\nShown.\n{% endtab %}', "Linux\n\nShown."),
        (
            "{{< code-toggle file=hugo >}}\n[[a.b]]\n# {{ c }}\n{{< /code-toggle >}}\n\ntext",
            "```\n[[a.b]]\n# {{ c }}\n```\n\ntext",
        ),
        (
            "{{< code-toggle a=b />}}\n\n# More\n\n{{< code-toggle >}}\nx\n{{< /code-toggle >}}",
            "# More\n\n```\nx\n```",
        ),
        ("{% code title='a' %}\n```js\nx\n```\n{% endcode %}", "a\n\n```js\nx\n```"),
        ("{% raw %}\nWrite {{ this }}.\n{% endraw %}", "Write {{ this }}."),
        ("{% highlight ruby %}\nputs {{ a }}\n{% endhighlight %}", "```ruby\nputs {{ a }}\n```"),
        ("Set ${{ secrets.KEY }} there", "Set ${{ secrets.KEY }} there"),
        ("[a](/b){: .button target=_blank }\n\n{: .note }\nText", "a\n\nText"),
        ("[a](/b){.button #c} `x`{.py} ![d](e){ width=50% }", "a `x` d"),
        ("## 9.7 { id='9.7' }\n\na {b=c}", "## 9.7\n\na {b=c}"),
        ("a {b} c {d: e}", "a {b} c {d: e}"),
    ],
)
def test_shortcodes_and_macros(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("!!! note\n    Oil it.\n\n    - a\n\nAfter", "Note\n\nOil it.\n\n- a\n\nAfter"),
        ('!!! warning "Take care"\n    Hot.', "Take care\n\nHot."),
        ('!!! tip inline end ""\n    Hot.', "Hot."),
        ('??? info "More"\n    Inner\n\n    !!! tip\n        Deep', "More\n\nInner\n\nTip\n\nDeep"),
        ('=== "Iron"\n\n    Heavy.\n\n=== "Tin"\n\n    Light.', "Iron\n\nHeavy.\n\nTin\n\nLight."),
        ('- item\n\n    !!! note "N"\n        inner', "- item\n\n  N\n\n  inner"),
        (":::tip[Hint]\nOil it.\n:::", "Hint\n\nOil it."),
        (":::tip Hint\nOil it.\n:::", "Hint\n\nOil it."),
        (":::warning\nHot.\n:::\n\nAfter", "Warning\n\nHot.\n\nAfter"),
        ("::: details Click\nInner\n:::", "Click\n\nInner"),
        ("::: {.callout-note}\nInner\n:::", "Inner"),
        (":::::note\n::::tip\nInner\n::::\n:::::", "Note\n\nTip\n\nInner"),
        ("> [!NOTE]\n> Inner", "> Note\n>\n> Inner"),
        ("> [!NOTE]\n> A:\n>\n> 1. b", "> Note\n>\n> A:\n>\n> 1. b"),
        ("> [!tip]+ Mine\n> Inner", "> Mine\n>\n> Inner"),
        ("/// note | Mine\nInner\n///", "Mine\n\nInner"),
        ("```{note}\nInner *text*\n```", "Note\n\nInner text"),
        ("```{admonition} Mine\n:class: tip\nInner\n```", "Mine\n\nInner"),
        (":::{dropdown} More\n:open:\n\nInner\n:::", "More\n\nInner"),
        ("```{code-block} python\n:linenos:\n\na = 1\n```", "```python\n\na = 1\n```"),
        ("::: {.callout-tip title='Ein Rat' collapse=true}\nInner\n:::", "Ein Rat\n\nInner"),
        ("```{python}\n#| label: a\n#| fig-cap: b\nx\n```", "```python\nx\n```"),
        ("```{python}\n#| echo: false\nx\ny\n```\n\ntext", "text"),
        ("```{r a, include=FALSE}\nx\n```\n\n```{r, echo=TRUE}\ny\n```", "```r\ny\n```"),
        ("{guilabel}`&Datei` {menuselection}`A --> B`", "Datei A \u2023 B"),
        ("```{toctree}\n:maxdepth: 2\n\na\nb\n```\n\ntext", "text"),
        (
            "(target)=\n# Title\n\n{ref}`the plan <plan>`, {py:func}`~a.b`",
            "# Title\n\nthe plan, `b`",
        ),
        ('```js title="a.js" {1,3}\nx\n```', "a.js\n\n```js\nx\n```"),
        ("::: code-group\n\n```sh [npm]\nx\n```\n\n:::", "npm\n\n```sh\nx\n```"),
    ],
)
def test_boxes_tabs_and_directives(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


@pytest.mark.parametrize(
    ("mdx", "text"),
    [
        ("import A from './a';\nimport {\n  B,\n  C,\n} from 'b';\n\nText", "Text"),
        ("export const a = {\n  b: [1],\n\n  c: 2,\n};\n\nText", "Text"),
        ("export default ({children}) => <main>{children}</main>\n\nText", "Text"),
        (
            '<Tabs groupId={"x"}>\n  <TabItem value="iron" label="Iron">\n\n    Heavy **pans**.\n\n'
            "  </TabItem>\n</Tabs>",
            "Iron\n\nHeavy pans.",
        ),
        ('<Tabs><TabItem label="Iron">Heavy.</TabItem></Tabs>', "Iron\n\nHeavy."),
        ('<Card title="Plan" icon={<Icon name="x" />} href="/p">Text</Card>', "Plan\n\nText"),
        ("<Tabs items={['npm', \"yarn\"]}>\n<Tab>a</Tab>\n</Tabs>", "npm, yarn\n\na"),
        ("Ein {'{'}a{'}'} und {'<b>'}", "Ein {a} und <b>"),
        ('<LinkCard title="創作" href="a" />\n<LinkCard title="部品" />', "創作\n\n部品"),
        ("### API <Badge type='tip' text='1.9' />\n\nText", "### API 1.9\n\nText"),
        ("<A style={{display: 'none'}} />\n\nText", "Text"),
        ("A <Highlight color='#25c2a0'>green</Highlight> word", "A green word"),
        ('<Image\n  src={require("./a.png")}\n  alt="A barn"\n/>\n\nText', "A barn\n\nText"),
        ("One{' '}\ntwo {props.name} {`three`}", "One \ntwo three".replace(" \n", "\n")),
        ("{/* secret\n\nsecret */}\n\nText", "Text"),
        ("<>\nText\n</>", "Text"),
        ("<div style={{display: 'none'}}>\n\nsecret\n\n</div>\n\nText", "Text"),
        ("<div className='a'>\n**Bold** and `code`\n</div>", "Bold and `code`"),
        ("<figure>\n  <figcaption>By [Anna](https://a.b)</figcaption>\n</figure>", "By Anna"),
        ("    Not code", "Not code"),
    ],
)
def test_mdx(mdx: str, text: str) -> None:
    assert text_of(mdx, is_mdx=True) == text


def test_markdown_that_imports_is_mdx() -> None:
    assert text_of("import A from './a';\n\n{a.b} Text") == "Text"
    assert text_of("import the data from a file\n\n{a.b} Text") == (
        "import the data from a file\n\n{a.b} Text"
    )


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("A {% raw %}{{ keep }}{% endraw %} b", "A {{ keep }} b"),
        ("{% raw %}{{ keep }}{% endraw %}", "{{ keep }}"),
        ("{%- raw -%}{% include x.md %}{%- endraw -%}", "{% include x.md %}"),
        ("{% verbatim %}{{ a }} {# c #}{% endverbatim %} {{ gone() }}b", "{{ a }} {# c #} b"),
        ("{% raw %}{{ a }}{% endraw %} x {% raw %}{{ b }}{% endraw %}", "{{ a }} x {{ b }}"),
        ("A `{% raw %}{{ a }}{% endraw %}` b", "A `{{ a }}` b"),
        ("{% raw %}A `{{ a }}` {{ b }}{% endraw %}", "A `{{ a }}` {{ b }}"),
        ("A {% raw %}{{ a }}\n{{ b }}\n{{ c }}{% endraw %} d", "A {{ a }}\n{{ b }}\n{{ c }} d"),
        ("{% raw %}\n{{ a }} {% b %}\n{% endraw %}", "{{ a }} {% b %}"),
        ("- {% raw %}{{ a }}{% endraw %}", "- {{ a }}"),
        ("raw words, verbatim {braces}", "raw words, verbatim {braces}"),
    ],
)
def test_raw_text_is_kept_wherever_it_stands_in_a_line(markdown: str, text: str) -> None:
    assert extract_markdown(markdown).text == text
