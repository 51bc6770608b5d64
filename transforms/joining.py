"""The further pages of one article, joined to its first page in reading order."""

from records import FetchedPage
from transforms.assembly import Draft
from transforms.bodies import find_body
from transforms.boilerplate import letters
from transforms.decoding import Undecodable, decode_page
from transforms.document import parse_document
from transforms.headline import find_headline
from transforms.paragraphs import absolute_images
from transforms.zones import footer_lines

_PAGES_MAX = 60


def join_pages(draft: Draft, pages: tuple[FetchedPage, ...]) -> None:
    """Add the paragraphs, pictures and footers of `pages`; a page that repeats an earlier one adds nothing."""
    if not pages:
        return
    known = {letters(paragraph) for paragraph in draft.paragraphs}
    for page in pages[:_PAGES_MAX]:
        decoded = decode_page(page.body, page.declared_encoding)
        document = None if isinstance(decoded, Undecodable) else parse_document(decoded.text, page.url)
        if document is None:
            draft.flags.append("page_missing")
            continue
        headline = find_headline(document)
        body, container = find_body(document.line, headline)
        if container is None:
            draft.flags.append("page_missing")
            continue
        fresh = [paragraph for paragraph in body.paragraphs if letters(paragraph) not in known]
        # A server that answers any page number with the first page repeats nearly everything.
        if len(fresh) <= 0.2 * len(body.paragraphs):  # a page of pictures alone has captions for paragraphs
            continue
        known.update(letters(paragraph) for paragraph in fresh)
        draft.paragraphs += fresh
        shown = {image.url for image in draft.images}
        draft.images += [image for image in absolute_images(body, document.base_url) if image.url not in shown]
        draft.inside_lines += body.cut_inside
        draft.footer_lines = footer_lines(document.line, body, container) or draft.footer_lines
        draft.page_count += 1
