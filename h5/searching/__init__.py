"""Looking records up (HN-48 … HN-51): the page, the printed list, the workbook."""
