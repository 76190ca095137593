# Service lines and a statement from Concord, with httr2 and jsonlite.
#
#   CONCORD_ADDRESS=https://concord.trust.nhs.uk CONCORD_TOKEN=concord_... Rscript services.R

library(httr2)
library(jsonlite)

address <- sub("/$", "", Sys.getenv("CONCORD_ADDRESS"))

ask <- function(path) {
  answer <- request(paste0(address, path)) |>
    req_auth_bearer_token(Sys.getenv("CONCORD_TOKEN")) |>
    req_error(body = function(answer) resp_body_json(answer, check_type = FALSE)$detail) |>
    req_perform()
  fromJSON(resp_body_string(answer))
}

# The items of a list, page after page.
all_of <- function(path, name) {
  pages <- list()
  while (!is.null(path)) {
    page <- ask(path)
    pages[[length(pages) + 1]] <- flatten(page[[name]])
    path <- page$`next`
  }
  do.call(rbind, pages)
}

services <- all_of("/api/v1/services?limit=50", "services")

# Amounts are text, so that nothing rounds them; a number of R keeps about fifteen digits.
# What is hidden to protect patients is NA, and hidden_because says why.
services$cost <- as.numeric(services$figures.cost_gbp)
services$income <- as.numeric(services$figures.income_gbp)
print(services[, c("code", "name", "seen", "cost", "income")])

exact <- services$code[services$seen == "exact"]
if (length(exact) > 0) {
  code <- if ("TORT" %in% exact) "TORT" else exact[[1]]
  statement <- ask(paste0("/api/v1/services/", code, "/statement"))
  rows <- statement$rows
  rows$amount <- as.numeric(rows$amount_gbp)
  print(rows[, c("name", "kind", "amount")])
}
