"""Others on what is written here: Saxon runs the rules as published, and two PDF libraries read the Factur-X."""

from io import BytesIO

import facturx
import pytest
from lxml import etree
from saxonche import PySaxonProcessor

from inbaar.einvoice.files import cii_document, file_of, ubl_document
from inbaar.intake.official.verdict import breaches
from tests.einvoice.samples import facts, of_original
from tests.einvoice.test_facturx import pdf_of
from tests.einvoice.test_files import CASES
from tests.intake.documents import cii, ubl
from tests.intake.test_official_second_opinion import by_saxon, compiled


@pytest.mark.parametrize(("name", "written"), [("ubl", ubl_document), ("en16931", cii_document)])
def test_no_fatal_rule_is_broken_by_saxon_s_verdict(name, written):
    saxon = PySaxonProcessor(license=False)
    rules = compiled(saxon, name)
    known = [facts(**changed) for changed in CASES.values()]
    known += [of_original(ubl()), of_original(cii(), "cii")]
    for each in known:
        root = etree.fromstring(file_of(written(each)))
        broken = by_saxon(saxon, rules, root)
        assert broken is not None
        assert broken - {breach.rule for breach in breaches(root) if not breach.fatal} == set()


def test_other_pdf_libraries_find_the_invoice_and_what_the_metadata_says():
    pypdf = pytest.importorskip("pypdf")
    pdf = pdf_of(facts())
    name, xml = facturx.get_xml_from_pdf(pdf, check_xsd=True)
    assert (name, xml) == ("factur-x.xml", file_of(cii_document(facts())))
    reader = pypdf.PdfReader(BytesIO(pdf), strict=True)
    assert list(reader.attachments) == ["factur-x.xml"]
    (attached,) = reader.trailer["/Root"]["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Alternative"
    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in metadata
