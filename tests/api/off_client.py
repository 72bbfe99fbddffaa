"""Open Food Facts' official Python client reads from the appliance as from their own server."""

import sys
import unittest

import openfoodfacts

BASE = sys.argv.pop()


class ClientOfOpenFoodFacts(unittest.TestCase):
    """The calls that a program written for Open Food Facts makes."""

    def setUp(self):
        self.api = openfoodfacts.API(user_agent="foodswap-tests/1.0")
        self.api.product.base_url = BASE

    def test_reads_a_product_that_it_found_by_text(self):
        found = self.api.product.text_search("hazelnut spread")
        self.assertGreater(found["count"], 0)
        code = found["products"][0]["code"]

        product = self.api.product.get(code)

        self.assertEqual(product["code"], code)
        self.assertTrue(product["product_name"])
        self.assertIn("sugars_100g", product["nutriments"])
        self.assertIn(product["nutriscore_grade"], "abcde")

    def test_gets_only_the_fields_that_it_asks_for(self):
        code = self.api.product.text_search("hazelnut spread")["products"][0]["code"]

        product = self.api.product.get(code, fields=["code", "product_name"])

        self.assertEqual(set(product), {"code", "product_name"})

    def test_is_told_that_a_product_is_unknown(self):
        self.assertIsNone(self.api.product.get("9999999999994"))

    def test_turns_pages(self):
        first = self.api.product.text_search("cheese", page=1, page_size=2)
        second = self.api.product.text_search("cheese", page=2, page_size=2)

        codes = [product["code"] for product in first["products"] + second["products"]]
        self.assertEqual(len(set(codes)), 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
