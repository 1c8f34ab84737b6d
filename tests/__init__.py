"""What crosses stages: journeys, the house's own rules, the documents."""
