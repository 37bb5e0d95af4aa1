// PublishedSchema: a JSON Schema of docs/schemas, and what it accepts.
#pragma once

#include <doctest/doctest.h>

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 sees uninitialised members in std::regex when it compiles for AddressSanitizer.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace reprise::tests {

class PublishedSchema {
 public:
  explicit PublishedSchema(const std::string& name) {
    std::ifstream file("docs/schemas/" + name + ".json");
    REQUIRE_MESSAGE(file.good(), name);
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    const nlohmann::json document = nlohmann::json::parse(file);
    parser.populateSchema(Adapter(document), schema_);
  }

  bool accepts(const nlohmann::json& document) const { return complaint(document).empty(); }

  /// What it does not accept in the document, a line each; empty if it accepts all.
  std::string complaint(const nlohmann::json& document) const {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema_, Adapter(document), &results)) return {};
    std::string text;
    for (const valijson::ValidationResults::Error& error : results) {
      for (const std::string& step : error.context) text += step;
      text += ": " + error.description + '\n';
    }
    return text.empty() ? "not accepted\n" : text;
  }

 private:
  using Adapter = valijson::adapters::NlohmannJsonAdapter;

  valijson::Schema schema_;
};

}  // namespace reprise::tests
