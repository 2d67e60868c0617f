# What R's survey says of the cases in a folder: one CSV of people each, and one of margins where they are fitted.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 15)
folder <- commandArgs(trailingOnly = TRUE)[1]
say <- function(case, what, found, level = "") {
  cat(paste(case, what, level, sprintf("%.12g", as.numeric(coef(found))), sprintf("%.12g", as.numeric(SE(found))),
            sep = ","), sep = "\n")
}
for (file in sort(list.files(folder, "^people-"))) {
  case <- sub("people-(.*)[.]csv", "\\1", file)
  people <- read.csv(file.path(folder, file), colClasses = c(domain = "character"))
  design <- if (all(people$finite == 1)) {
    svydesign(ids = ~unit, strata = ~stratum, weights = ~weight, fpc = ~size, data = people, nest = TRUE)
  } else {
    svydesign(ids = ~unit, strata = ~stratum, weights = ~weight, data = people, nest = TRUE)
  }
  fitted <- file.path(folder, paste0("margins-", case, ".csv"))
  if (file.exists(fitted)) {
    margins <- read.csv(fitted, colClasses = c(level = "character"))
    names <- unique(margins$variable)
    tables <- lapply(names, function(name) {
      one <- margins[margins$variable == name, c("level", "count")]
      setNames(one, c(name, "Freq"))
    })
    for (name in names) design$variables[[name]] <- as.character(design$variables[[name]])
    formulas <- lapply(names, function(name) as.formula(paste0("~", name)))
    design <- if (length(names) == 1) postStratify(design, formulas[[1]], tables[[1]])
              else rake(design, formulas, tables, control = list(maxit = 200, epsilon = 1e-12, verbose = FALSE))
  }
  design <- subset(design, asked == 1)
  say(case, "share", svymean(~yes, design))
  say(case, "mean", svymean(~amount, design))
  say(case, "total", svytotal(~amount, design))
  by <- svyby(~yes, ~domain, design, svymean)
  say(case, "share", by, by$domain)
  by <- svyby(~amount, ~domain, design, svytotal)
  say(case, "total", by, by$domain)
}
